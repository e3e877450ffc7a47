// Prints the rows of Parquet files as JSON, one on a line: a reader that shares no code with the writer.
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

for (const path of process.argv.slice(2)) {
  for (const row of await parquetReadObjects({ file: await asyncBufferFromFile(path), compressors })) {
    console.log(JSON.stringify(row, (_, value) => typeof value === 'bigint' ? Number(value) : typeof value === 'number' && !Number.isFinite(value) ? String(value) : value))
  }
}
