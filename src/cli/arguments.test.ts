import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';

const wrong = (...argv: string[]): string => {
  try {
    parseArguments('audit', argv);
  } catch (error) {
    return `${(error as Error).message} ${(error as { remedy?: string }).remedy ?? ''}`.trim();
  }
  return 'accepted';
};

describe('parseArguments', () => {
  it('reads operands, values, switches and their negatives in any order', () => {
    const args = parseArguments('audit', [
      'app',
      '--format',
      'json',
      '--no-history',
      'https://app.example.com',
      '--format=html',
      '-q',
      '-o',
      '-',
    ]);
    expect(args.operands).toEqual(['app', 'https://app.example.com']);
    expect(args.all('format')).toEqual(['json', 'html']);
    expect(args.text('output')).toBe('-');
    expect(args.on('history')).toBe(false);
    expect(args.on('quiet')).toBe(true);
    expect(args.on('verbose')).toBeUndefined();
    expect(args.text('baseline')).toBeUndefined();
  });

  it('takes everything after -- as an operand', () => {
    expect(parseArguments('audit', ['--', '--verbose']).operands).toEqual(['--verbose']);
  });

  it('refuses unknown options with the nearest one', () => {
    expect(wrong('--fromat', 'json')).toBe('launch-ready audit has no option --fromat. Did you mean --format?');
    expect(wrong('--xyzzy')).toContain('--help');
    expect(wrong('--no-format')).toContain('no option --no-format');
    expect(wrong('--force')).toContain('no option --force');
  });

  it('refuses forgotten, empty and doubled values', () => {
    expect(wrong('--output')).toBe('--output needs a value: --output FILE|FOLDER');
    expect(wrong('--output', '--quiet')).toContain('--output needs a value');
    expect(wrong('--output=')).toContain('--output needs a value');
    expect(wrong('--output', 'a', '--output', 'b')).toBe('--output was given twice.');
    expect(wrong('--quiet=yes')).toBe('--quiet takes no value.');
  });

  it('refuses too many operands', () => {
    expect(wrong('a', 'b', 'c')).toBe('Too many arguments: c Usage: launch-ready audit [FOLDER] [URL] [OPTIONS]');
  });
});
