import { Document, visit } from 'yaml';
import type { AnyCheck, Example } from '../core/check.ts';
import type { Evidence, Needs } from '../core/evidence.ts';

const headings = { fail: 'Fails', pass: 'Passes', unknown: 'Cannot be told' } as const;
const efforts = { minutes: 'minutes', hours: 'some hours', days: 'some days' } as const;

/** The page of a check in Markdown: `launch-ready explain` prints it and docs/checks keeps it. */
export function checkPage(check: AnyCheck): string {
  const { doc } = check;
  const needs = Object.values<Evidence>(check.needs).map((need) => `- ${need.describes}`);
  return [
    `# ${doc.title}`,
    `\`${check.id}\` · ${check.severity} · the fix takes ${efforts[doc.effort]}${check.tripwire ? ' · one case fails the whole stage' : ''}`,
    `## Why it matters\n\n${doc.why}`,
    `## How to fix it\n\n${doc.fix}`,
    `## What it looks at\n\n${needs.join('\n')}`,
    `## Examples\n\nEach example is run as a test of this check.`,
    ...check.examples.fails.map((example) => exampleSection(check, example, 'fail')),
    ...check.examples.passes.map((example) => exampleSection(check, example, 'pass')),
    ...(check.examples.unknowns ?? []).map((example: Example<Needs>) => exampleSection(check, example, 'unknown')),
    `## If you decide to live with it\n\nIn \`launch-ready.yaml\`, with the id that the report shows for the finding. After the date it counts again.\n\n${waiver(check.id)}`,
    ...(doc.references?.length ? [`## References\n\n${doc.references.map((reference) => `- ${reference}`).join('\n')}`] : []),
    ...(check.covers.length > 0 ? [`Answers: ${check.covers.join(', ')}`] : []),
  ]
    .join('\n\n')
    .concat('\n');
}

function exampleSection(check: AnyCheck, example: Example<Needs>, outcome: keyof typeof headings): string {
  const said = [...check.evaluate(example.given)].filter((observation) => observation.outcome === outcome);
  const messages = said.map((observation) => `> ${observation.message}`).join('\n>\n');
  return `### ${headings[outcome]}: ${example.name}\n\n${messages}\n\n\`\`\`yaml\n${readable(example.given)}\n\`\`\``;
}

const waiver = (id: string): string =>
  [
    '```yaml',
    'waivers:',
    `  - finding: ${id}#1a2b3c4d`,
    '    reason: why this is acceptable',
    '    name: who decided',
    '    expires: 2027-01-31',
    '```',
  ].join('\n');

/** Longest value that is put on one line, in characters. */
const oneLine = 140;

/** Evidence as YAML that can be read: what is short stands on one line. */
function readable(given: unknown): string {
  const document = new Document(withoutEmpty(given), { aliasDuplicateObjects: false });
  visit(document, {
    Collection: (_, node) => {
      node.flow = JSON.stringify(node.toJSON()).length <= oneLine;
    },
  });
  return document.toString({ lineWidth: 0 }).trimEnd();
}

/** Lists without entries say nothing to a reader. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([, item]) => item !== undefined && !(Array.isArray(item) && item.length === 0));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutEmpty(item)]));
}
