/** Texts that somebody could put into a repo or a response to harm whoever reads the report. */
export const hostileTexts = [
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '</pre></details></style><iframe srcdoc="x">',
  ']]><failure message="forged"/>',
  '::error file=a.ts::forged',
  'first\n::error::forged second line\r::warning::third',
  '%0A::error::forged %25 100%',
  '| a | b |\n| --- | --- |',
  '```\n# heading\n```` and `ticks` and ``two``',
  '[click me](javascript:alert(1)) ![x](https://evil.example/p.png)',
  '@everyone <!-- comment --> --> &lt;b&gt; &amp;',
  '\u001b[2J\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u001b[31mred',
  'nul\u0000 bell\u0007 back\b del\u007f c1\u009b31m',
  'right-to-left \u202egnp.exe\u202c and isolate \u2066x\u2069',
  'line\u2028separator\u2029paragraph and mark\ufeff\u200b',
  'lone \ud800 surrogate \udc00 and tags \u{e0041}',
  '{{constructor.constructor("x")()}} ${7*7} {0} %s',
  '# 1. - + = > ~~~',
  "\"><svg/onload=alert(1)> ' onmouseover='x",
  'x'.repeat(20_000),
  `${'long line '.repeat(300)}\n`.repeat(60),
  '../../../etc/passwd',
  '',
  ' ',
] as const;

/** Characters that must never stand in an output as themselves. */
export const harmful = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
