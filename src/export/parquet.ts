/** Takes in the pieces of a file, one after another. */
export type Write = (piece: Uint8Array) => void;

/** What of hyparquet-writer is used; a user installs it. */
export interface Parquet {
  readonly ByteWriter: new () => Bytes;
  readonly ParquetWriter: new (options: {
    readonly writer: Bytes;
    readonly schema: readonly SchemaElement[];
    readonly createdBy: string;
    readonly kvMetadata?: readonly { readonly key: string; readonly value: string }[];
  }) => {
    write(options: { readonly columnData: readonly Source[]; readonly rowGroupSize: number }): unknown;
    finish(): unknown;
  };
}

interface Bytes {
  /** Written so far. */
  readonly offset: number;
  /** Those that were not taken out yet. */
  index: number;
  getBytes(): Uint8Array;
}

interface SchemaElement {
  readonly name: string;
  readonly type?: 'BOOLEAN' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY';
  readonly repetition_type?: 'OPTIONAL' | 'REPEATED';
  readonly converted_type?: 'UTF8' | 'LIST';
  readonly num_children?: number;
}

interface Source {
  readonly name: string;
  readonly data: ArrayLike<unknown>;
  readonly encoding?: 'PLAIN';
  readonly statistics: boolean;
}

const types = { bool: 'BOOLEAN', int64: 'INT64', float32: 'FLOAT', float64: 'DOUBLE', string: 'BYTE_ARRAY' } as const;

/** A column of a table: one value in a row, or a list of them. */
export interface ParquetColumn {
  readonly name: string;
  readonly dtype: keyof typeof types;
  readonly isList?: boolean;
}

/** A table that is written a few rows at a time. */
export interface ParquetFile {
  /** Bytes so far. */
  readonly size: number;
  /** Adds a row group. @param values of each column, in the order of the columns */
  add(values: readonly ArrayLike<unknown>[], rows: number): void;
  close(): void;
}

/** @param metadata of the whole table, texts by key */
export function openParquet(
  { ByteWriter, ParquetWriter }: Parquet,
  columns: readonly ParquetColumn[],
  write: Write,
  metadata: Readonly<Record<string, string>> = {},
): ParquetFile {
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: schemaOf(columns),
    createdBy: 'armature',
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  const drain = () => {
    write(writer.getBytes().slice());
    writer.index = 0;
  };
  return {
    get size() {
      return writer.offset;
    },
    add(values, rows) {
      const columnData = columns.map(
        ({ name, dtype, isList }, i): Source => ({
          name,
          data: values[i],
          // Measured numbers hardly ever come twice; and of a list nobody asks for the smallest.
          ...(dtype.startsWith('float') && { encoding: 'PLAIN' }),
          statistics: !isList,
        }),
      );
      file.write({ columnData, rowGroupSize: rows });
      drain();
    },
    close() {
      file.finish();
      drain();
    },
  };
}

/** As Arrow has it: everything may be missing, and a list is a group of a repeated group. */
function schemaOf(columns: readonly ParquetColumn[]): SchemaElement[] {
  const nullable = { repetition_type: 'OPTIONAL' } as const;
  return [
    { name: 'schema', num_children: columns.length },
    ...columns.flatMap(({ name, dtype, isList }): SchemaElement[] => {
      const type = { type: types[dtype], ...nullable, ...(dtype === 'string' && { converted_type: 'UTF8' as const }) };
      if (!isList) return [{ name, ...type }];
      return [
        { name, ...nullable, converted_type: 'LIST', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', ...type },
      ];
    }),
  ];
}
