/** Writes docs/dependencies.md from the lock file and the reasons in dependency-page.ts. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { broughtRows, directRows } from './dependency-page.ts'

function table(head: readonly string[], rows: readonly string[][]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const page = `# Dependencies

What an installation of Carillon brings along, and why. No package of these runs a script when it is installed, and nothing is fetched when the service runs. \`npm run dependencies\` writes this page, \`npm run sbom\` prints all of it with versions and checksums as a software bill of materials (CycloneDX). The drivers of PostgreSQL and MySQL, \`pg\` and \`mysql2\`, are installed by who needs them.

## What we name

<!-- dependencies -->

${table(['package', 'licence', 'why'], directRows)}

## What those need

<!-- brought along -->

${table(['package', 'licence', 'needed by'], broughtRows)}
`

await writeFile(path.join(import.meta.dirname, '../docs/dependencies.md'), page)
