import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readYaml } from './config-reader.ts';
import { configSchema } from './config-schema.ts';
import { configTemplate, foundText, workflowTemplate } from './config-template.ts';

const uncommented = (text: string): string => text.replace(/^#(?! \S|$)/gm, '');

describe('the config that init writes', () => {
  it('is valid as it is, and sets nothing', () => {
    expect(readYaml(configTemplate({ branch: 'main' }), configSchema, 'x')).toEqual({});
  });

  it('is valid with every comment taken away, and then sets everything there is', () => {
    const config = readYaml(uncommented(configTemplate({ branch: 'main' })), configSchema, 'x') as Record<string, object>;
    expect(Object.keys(config)).toEqual(Object.keys(configSchema.properties));
    for (const part of ['scope', 'gate', 'rates'] as const)
      expect(Object.keys(config[part] ?? {})).toEqual(Object.keys(configSchema.properties[part].properties));
  });

  it('says what was found, and lets no name of the repo out of its comment', () => {
    const stack = {
      builders: [{ name: 'lovable' as const, evidence: [] }],
      frameworks: [{ name: 'Vite', version: '5\nurl: https://evil.example', evidence: [] }],
      backends: [],
      next: [],
      sourceMaps: [],
    };
    expect(foundText(stack)).toBe('Lovable, Vite 5?url? https?//evil.example');
    expect(readYaml(configTemplate({ stack, branch: 'main' }), configSchema, 'x')).toEqual({});
  });
});

describe('the workflow that init writes', () => {
  it('is valid YAML with the least rights, for the branch', () => {
    const workflow = parse(workflowTemplate({ branch: 'trunk' })) as {
      permissions: unknown;
      on: { push: unknown };
      jobs: { gate: { steps: { run?: string }[] } };
    };
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(workflow.on.push).toEqual({ branches: ['trunk'] });
    expect(workflow.jobs.gate.steps.at(-1)?.run).toMatch(/^npx --yes launch-ready@\d+\.\d+\.\d+ gate \. --format github$/);
  });
});
