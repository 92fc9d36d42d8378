/** Rows as lines with aligned columns; the last column is not padded, and control characters cannot break a line. */
export function alignRows(rows: readonly (readonly string[])[]): readonly string[] {
  const plain = rows.map((row) => row.map((cell) => cell.replace(/\p{Cc}/gu, " ")));
  const widths = (plain[0] ?? []).map((_, column) => Math.max(...plain.map((row) => row[column]?.length ?? 0)));
  return plain.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
