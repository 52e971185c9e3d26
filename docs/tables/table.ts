// A table of the documentation that repeats the code: what the code knows is written anew, and the prose stays.

export interface Table {
  /** The name in its mark: `<!-- generated: settings -->`. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The last column, written by people; absent where the code says it all. */
  readonly prose?: string;
  /** How many of the first columns name a row, so that its prose finds it again. */
  readonly named: number;
}

/** A page with its tables as the code has them. Throws where the page marks a table that does not exist. */
export function withTables(page: string, tables: readonly Table[]): { text: string; undescribed: string[] } {
  const undescribed: string[] = [];
  const text = page.replace(
    /(<!-- generated: (.+?) -->\n)([\s\S]*?)(<!-- end -->)/g,
    (_all, mark: string, name: string, written: string, end: string) => {
      const table = tables.find((one) => one.name === name);
      if (!table) throw new Error(`no table ${name}; there are ${tables.map((one) => one.name).join(', ')}`);
      const known = proseOf(table, written);
      const rows = table.rows.map((row) => {
        if (table.prose === undefined) return row;
        const prose = known.get(keyOf(row, table)) ?? '';
        if (prose === '') undescribed.push(`${name}: ${keyOf(row, table)}`);
        return [...row, prose];
      });
      const header = table.prose === undefined ? table.columns : [...table.columns, table.prose];
      return `${mark}${aligned(header, rows)}${end}`;
    },
  );
  return { text, undescribed };
}

/** What people wrote in the last column, by what names its row. */
function proseOf(table: Table, written: string): Map<string, string> {
  const rows = written.split('\n').filter((one) => one.startsWith('|'));
  return new Map(rows.map(cellsOf).map((cells) => [keyOf(cells, table), cells.at(-1) ?? '']));
}

function keyOf(cells: readonly string[], { named }: Table): string {
  return cells.slice(0, named).join(' ');
}

/** As Biome formats a table. A pipe within a cell is escaped, as Markdown wants it. */
function aligned(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows].map((cells) => cells.map((cell) => cell.replaceAll(/(?<!\\)\|/g, '\\|')));
  const widths = header.map((_, column) =>
    Math.max(3, ...all.map((cells) => [...(cells[column] ?? '')].length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd((widths[column] ?? 0) + cell.length - [...cell].length)).join(' | ')} |\n`;
  const rule = widths.map((width) => '-'.repeat(width));
  const [first = [], ...others] = all;
  return [first, rule, ...others].map(line).join('');
}

function cellsOf(row: string): string[] {
  return row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
