import type { Page } from 'playwright-core'
import type { Test } from 'tap'

/** Presses the button that saves what is in the form. */
export function save(page: Page): Promise<void> {
  return page.getByRole('button', { name: 'Save', exact: true }).click()
}

/** The browser itself writes a line for each answer that refuses something, such as half a zone. */
export function isQuiet(t: Test, complaints: readonly string[]): void {
  t.strictSame(
    complaints.filter((line) => !/status of (400|412)/.test(line)),
    []
  )
}
