import type { System } from '../../../../client.ts'

/** The options that the service goes by, and where they come from. */
export function InForce({ options }: { options: System['config'] }) {
  return (
    <details class="in-force">
      <summary>Configuration in force</summary>
      <table class="cards">
        <caption class="visually-hidden">Options in force; secrets are hidden</caption>
        <thead>
          <tr>
            {['Option', 'Value', 'From'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {options.map(({ name, value, source }) => (
            <tr key={name}>
              <th scope="row" data-label="Option">
                {name}
              </th>
              <td data-label="Value">{JSON.stringify(value)}</td>
              <td data-label="From">{source}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
