import type { Locator, Page } from 'playwright-core'
import { until } from './until.ts'

/** A person at a keyboard, who cannot see where the focus is unless the page shows it. */
export interface PageKeyboard {
  /** Presses keys one after the other. */
  press(...keys: readonly string[]): Promise<void>
  type(text: string): Promise<void>
  /** Goes on by the Tab key until something has the focus; nowhere where it has it already. */
  tabTo(locator: Locator): Promise<void>
}

const MAX_TABS = 60

/** What has the focus, and how it shows. */
const FOCUS = `(() => {
  const { activeElement: at, body } = document
  const { outlineStyle, outlineWidth } = getComputedStyle(at)
  return {
    // The heading of a screen takes the focus to be read, not to be pressed.
    isLost: at === body,
    isShown: at.matches('h1, main') || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2),
    html: at.outerHTML.slice(0, 200)
  }
})()`

interface Focus {
  isLost: boolean
  isShown: boolean
  html: string
}

/** Throws after any step that leaves the focus nowhere, or where it cannot be seen. */
export function createPageKeyboard(page: Page): PageKeyboard {
  const check = async (step: string): Promise<void> => {
    // What is drawn anew takes a moment to get it back.
    await until(`the focus is somewhere after ${step}`, async () => !(await focusOf(page)).isLost)
    const { isShown, html } = await focusOf(page)
    if (!isShown) throw new Error(`After ${step} the focus is not seen: ${html}`)
  }
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      await page.keyboard.press(key)
      await check(key)
    }
  }
  return {
    press,
    type: async (text) => {
      await page.keyboard.type(text)
      await check(text)
    },
    tabTo: async (locator) => {
      for (let pressed = 0; pressed < MAX_TABS; pressed++) {
        if (await hasFocus(locator)) return
        await press('Tab')
      }
      throw new Error(`The Tab key does not lead to ${String(locator)}.`)
    }
  }
}

/** Whether the focus is on it. */
export async function hasFocus(locator: Locator): Promise<boolean> {
  return (await locator.and(locator.page().locator(':focus')).count()) === 1
}

function focusOf(page: Page): Promise<Focus> {
  return page.evaluate<Focus>(FOCUS)
}
