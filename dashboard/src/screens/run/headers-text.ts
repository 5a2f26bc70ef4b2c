/** The first line of a message and its headers, as HTTP writes them. */
export function headersText(first: string, headers: Readonly<Record<string, string>>): string {
  return [first, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\n')
}
