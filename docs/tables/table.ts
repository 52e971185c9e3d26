// A table of the documentation that repeats the code. Columns from the code are rewritten; the prose stays.

export interface Table {
  /** Its name in the mark: `<!-- generated: settings -->`. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The header of the last column, which people write. Absent if the code says it all. */
  readonly prose?: string;
  /** How many of the first columns identify a row, so that its prose stays with it. */
  readonly named: number;
}

/** The page with its tables updated from the code. Throws if the page marks a table that does not exist. */
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

/** The last column's prose, by the key of its row. */
function proseOf(table: Table, written: string): Map<string, string> {
  const rows = written.split('\n').filter((one) => one.startsWith('|'));
  return new Map(rows.map(cellsOf).map((cells) => [keyOf(cells, table), cells.at(-1) ?? '']));
}

function keyOf(cells: readonly string[], { named }: Table): string {
  return cells.slice(0, named).join(' ');
}

/** Formats a table as Biome does. Escapes a pipe within a cell. */
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
