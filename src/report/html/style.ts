/** The look of the page: one column, system fonts, both colour schemes, a phone's width, and paper. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #faf9f7; --card: #ffffff; --ink: #1d1c1a; --soft: #5f5c56; --line: #e4e1db; --code: #f3f1ed;
  --red: #a5281b; --red-soft: #fbeae7; --amber: #835400; --amber-soft: #fbf0d9; --green: #1c6b3a; --green-soft: #e4f3e9; --blue: #2b5c8a; --blue-soft: #e6eff7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #161614; --card: #1f1f1c; --ink: #edebe6; --soft: #aaa69d; --line: #34332f; --code: #282825;
    --red: #f2978b; --red-soft: #2d1d1a; --amber: #e8bd6a; --amber-soft: #2c2415; --green: #83cfa0; --green-soft: #17281e; --blue: #93bfe6; --blue-soft: #1a2631;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.6 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
main, header, footer { max-width: 52rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; color: var(--soft); font-size: .9rem; }
header strong { color: var(--ink); letter-spacing: .01em; }
footer { padding-top: 1.5rem; padding-bottom: 3rem; color: var(--soft); font-size: .85rem; }
h1 { font-size: .9rem; font-weight: 600; color: var(--soft); margin: 2rem 0 .75rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.75rem 0 1rem; letter-spacing: -.01em; }
h3 { font-size: 1.05rem; line-height: 1.4; margin: 1.75rem 0 .6rem; }
p { margin: .6rem 0; overflow-wrap: anywhere; }
a { color: inherit; }
.verdict { border-radius: 14px; padding: 1.6rem 1.75rem 1.5rem; background: var(--tint); border: 1px solid color-mix(in srgb, var(--tone) 22%, transparent); }
.verdict .status { display: block; color: var(--tone); font-size: 2.1rem; font-weight: 700; line-height: 1.15; letter-spacing: -.02em; }
.verdict .sentence { font-size: 1.15rem; line-height: 1.5; margin: .5rem 0 0; text-wrap: pretty; }
.verdict .detail { color: var(--soft); margin-bottom: 0; font-size: .95rem; }
.not-ready, .blocker, .leak { --tone: var(--red); --tint: var(--red-soft); }
.cannot-tell, .high, .unknown { --tone: var(--amber); --tint: var(--amber-soft); }
.ready, .allowed { --tone: var(--green); --tint: var(--green-soft); }
.medium, .blocked { --tone: var(--blue); --tint: var(--blue-soft); }
.low, .not-applicable { --tone: var(--soft); --tint: var(--code); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1px; margin: 1.75rem 0; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
.facts > div { box-shadow: 0 0 0 1px var(--line); padding: .9rem 1.1rem 1rem; }
.facts dt { color: var(--soft); font-size: .85rem; }
.facts dd { margin: 0; font-size: 1.12rem; font-weight: 600; line-height: 1.35; overflow-wrap: anywhere; }
.facts dd small { display: block; color: var(--soft); font-size: .8rem; font-weight: 400; line-height: 1.4; margin-top: .25rem; }
.findings { list-style: none; margin: 0; padding: 0; display: grid; gap: .9rem; }
.finding { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.15rem 1.3rem 1.1rem; min-width: 0; }
.numbered { display: grid; grid-template-columns: 2.1rem minmax(0, 1fr); column-gap: .9rem; }
.number { width: 2.1rem; height: 2.1rem; border-radius: 50%; background: var(--tint); color: var(--tone); font-weight: 700; display: grid; place-items: center; }
.finding h3 { margin: 0 0 .35rem; overflow-wrap: anywhere; text-wrap: pretty; }
.meta { display: flex; flex-wrap: wrap; gap: .3rem .75rem; align-items: center; color: var(--soft); font-size: .88rem; margin: 0 0 .5rem; }
.label { color: var(--tone); background: var(--tint); border-radius: 99px; padding: .05rem .6rem; font-weight: 600; font-size: .8rem; }
.meta code { overflow-wrap: anywhere; }
.why { color: var(--soft); }
code, pre { font: .86em/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; }
code { background: var(--code); border-radius: 5px; padding: .1em .35em; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: 8px; padding: .8rem 1rem; margin: .5rem 0 .9rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.copy { user-select: all; -webkit-user-select: all; }
.hint { color: var(--soft); font-size: .82rem; margin: .4rem 0 0; }
details > summary { cursor: pointer; color: var(--soft); font-size: .92rem; padding: .2rem 0; }
details > summary:hover { color: var(--ink); }
summary:focus-visible { outline: 2px solid var(--blue); outline-offset: 3px; border-radius: 4px; }
.fold { border-top: 1px solid var(--line); }
.fold:last-of-type { border-bottom: 1px solid var(--line); }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; margin: .8rem 0 1.4rem; }
.pictures figure { margin: 0; min-width: min(15rem, 100%); }
.pictures img { display: block; width: 100%; height: auto; max-height: 60rem; border: 1px solid var(--line); border-radius: 8px; background: #fff; object-fit: cover; object-position: top; }
.pictures figcaption { color: var(--soft); font-size: .82rem; margin-top: .35rem; }
.folds { margin-top: 2.5rem; }
.fold > summary { color: var(--ink); font-weight: 600; font-size: 1rem; padding: .95rem 0; }
.fold[open] { padding-bottom: 1.5rem; }
.fold > h3 { margin-top: 1.5rem; }
.places { margin: .4rem 0 .6rem; padding-left: 1.1rem; font-size: .92rem; }
.places li { margin: .3rem 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: .5rem 0 1.25rem; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; line-height: 1.45; }
th, td { text-align: left; vertical-align: top; padding: .55rem .8rem; border-top: 1px solid var(--line); overflow-wrap: break-word; min-width: 6rem; max-width: 24rem; }
.many table { font-size: .84rem; }
.many th, .many td { min-width: 5.6rem; padding: .5rem .55rem; overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: .82rem; }
tbody th { font-weight: 500; }
td .label { white-space: nowrap; }
.matrix { margin: .5rem 0 1.75rem; font-size: .86rem; }
.matrix table { font-size: inherit; line-height: 1.35; border-collapse: separate; border-spacing: 0 2px; }
.matrix th, .matrix td { border: 0; padding: .3rem .45rem; min-width: 0; max-width: none; overflow-wrap: anywhere; }
.matrix thead th { position: sticky; top: 0; z-index: 1; background: var(--page); vertical-align: bottom; padding-top: .6rem; padding-bottom: .5rem; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
.matrix thead th:not(:first-child), .matrix td { text-align: center; }
.matrix .group th { font-weight: 650; padding-top: 1rem; }
.matrix tbody th { text-align: left; }
.matrix tbody tr:not(.group) th { color: var(--soft); padding-left: 1rem; }
.matrix td { background: var(--tint); color: var(--tone); vertical-align: middle; border-left: 2px solid var(--page); }
.matrix td.blocked, .matrix td.not-applicable { background: none; color: var(--soft); }
.matrix td.leak { background: var(--red); color: var(--page); font-weight: 700; }
.matrix td.unknown { font-weight: 600; }
.matrix details > summary { font-size: .8rem; padding: 0; }
.matrix details ul { margin: .2rem 0 .3rem; padding-left: 1rem; font-weight: 400; font-size: .82rem; }
.matrix:not(.wide) table { table-layout: fixed; }
.matrix thead th:first-child { width: 20%; }
:is(.cols-1, .cols-2, .cols-3, .cols-4, .cols-5, .cols-6) thead th:first-child { width: 36%; }
.matrix thead th:not(:first-child) { padding-left: .15rem; padding-right: .15rem; }
.signs { display: none; color: var(--soft); font-size: .82rem; margin: 0; }
.matrix.wide { overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: 10px; }
.matrix.wide td { min-width: 4.5rem; }
.map { margin: 1.5rem 0 1.25rem; overflow-x: auto; }
.map svg { display: block; max-width: 100%; min-width: 34rem; height: auto; font-size: 13px; }
.map rect { fill: var(--card); stroke: var(--line); stroke-width: 1.2; }
.map .broken rect { fill: var(--red-soft); stroke: var(--red); }
.map .unknown rect { fill: var(--amber-soft); stroke: var(--amber); stroke-dasharray: 4 3; }
.map text { fill: var(--ink); font-weight: 550; }
.map .note, .map .column { fill: var(--soft); font-size: 11.5px; font-weight: 400; }
.map .broken .note { fill: var(--red); }
.map .unknown .note { fill: var(--amber); }
.map .ways { display: none; list-style: none; margin: 0; padding: 0; font-size: .92rem; }
.ways li { padding: .45rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.ways .broken, .ways .unknown { color: var(--tone, var(--red)); font-weight: 600; }
.map path { fill: none; stroke: var(--soft); stroke-width: 1.3; }
.filter { display: flex; flex-wrap: wrap; gap: .5rem 1.1rem; align-items: center; font-size: .9rem; color: var(--soft); }
.filter input[type=search] { flex: 1 1 14rem; min-width: 0; font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .45rem .7rem; }
.rest > summary { font-weight: 600; padding: .5rem 0; }
.rest[hidden], .matrix[hidden] { display: none; }
.checklist { list-style: none; padding: 0; }
.checklist li { padding: .3rem 0 .3rem 1.9rem; position: relative; }
.checklist li::before { position: absolute; left: .2rem; font-weight: 700; }
.checklist .done::before { content: '✓'; color: var(--green); }
.checklist .open::before { content: '○'; color: var(--red); }
.checklist .unknown::before { content: '?'; color: var(--amber); }
@media (max-width: 36rem) {
  header { padding-top: 1.25rem; }
  .verdict { padding: 1.25rem 1.2rem; }
  .verdict .status { font-size: 1.75rem; }
  .verdict .sentence { font-size: 1.05rem; }
  .finding { padding: 1rem; }
  .map svg { display: none; }
  .map .ways { display: block; }
  .stacks thead { display: none; }
  .stacks table, .stacks tbody, .stacks tr { display: block; }
  .stacks tr { border-top: 1px solid var(--line); padding: .4rem 0; }
  .stacks tr:first-child { border-top: 0; }
  .stacks td { display: grid; grid-template-columns: 7.5rem 1fr; gap: .6rem; max-width: none; border-top: 0; }
  .stacks td::before { content: attr(data-column); color: var(--soft); font-size: .82rem; }
  .scroll th, .scroll td { min-width: 4.5rem; overflow-wrap: anywhere; padding: .5rem .6rem; }
  .numbered { display: block; }
  .number { margin-bottom: .5rem; width: 1.8rem; height: 1.8rem; font-size: .95rem; }
  .matrix:not(.wide) table, .matrix:not(.wide) thead, .matrix:not(.wide) tbody { display: block; }
  .matrix:not(.wide) tr { display: grid; gap: 2px; }
  .signs { display: block; }
  .matrix [hidden] { display: none !important; }
  .matrix:not(.wide) thead { position: sticky; top: 0; z-index: 1; background: var(--page); border-bottom: 1px solid var(--line); }
  .matrix:not(.wide) thead th { position: static; border: 0; padding: .3rem 0; display: grid; place-items: end center; }
  .matrix:not(.wide) thead th:first-child { display: none; }
  .matrix:not(.wide) thead span { writing-mode: vertical-rl; transform: rotate(180deg); }
  .matrix:not(.wide) tbody th { grid-column: 1 / -1; padding: .35rem 0 0; }
  .matrix:not(.wide) .group th { padding-top: 1.1rem; font-size: .95rem; }
  .matrix:not(.wide) td { border: 0; border-radius: 4px; padding: .2rem 0; min-height: 1.7rem; }
  .matrix:not(.wide) td span { font-size: 0; white-space: nowrap; }
  .matrix:not(.wide) td span::before { font-size: .92rem; content: '·'; }
  .matrix:not(.wide) td.allowed span::before { content: '✓'; }
  .matrix:not(.wide) td.leak span::before { content: 'LEAK'; font-size: .6rem; }
  .matrix:not(.wide) td.unknown span::before { content: '?'; }
  .matrix:not(.wide) td.not-applicable span::before { content: ''; }
  .cols-1 tr { grid-template-columns: repeat(1, minmax(0, 1fr)); }
  .cols-2 tr { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .cols-3 tr { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .cols-4 tr { grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .cols-5 tr { grid-template-columns: repeat(5, minmax(0, 1fr)); }
  .cols-6 tr { grid-template-columns: repeat(6, minmax(0, 1fr)); }
  .cols-7 tr { grid-template-columns: repeat(7, minmax(0, 1fr)); }
  .cols-8 tr { grid-template-columns: repeat(8, minmax(0, 1fr)); }
  .cols-9 tr { grid-template-columns: repeat(9, minmax(0, 1fr)); }
  .cols-10 tr { grid-template-columns: repeat(10, minmax(0, 1fr)); }
}
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --code: #f4f4f4;
    --red: #8c1c10; --red-soft: #fff; --amber: #6b4500; --amber-soft: #fff; --green: #14532d; --green-soft: #fff; --blue: #1f4a72; --blue-soft: #fff; }
  body { font-size: 10.5pt; }
  main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
  header { padding-top: 0; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  details > summary { list-style: none; }
  .prompt, .filter { display: none; }
  .matrix thead th { position: static; }
  .matrix td.leak { color: #fff; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .label { border: 1px solid currentColor; }
  h2, h3, .meta, summary { break-after: avoid; }
  .verdict, .facts, tr, pre { break-inside: avoid; }
  .scroll { overflow: visible; }
}
`;
