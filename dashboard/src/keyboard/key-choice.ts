import { createPreference } from '../preferences/preference.ts'

export const KEY_CHOICES = ['on', 'off'] as const

/** Who speaks to a machine, or touches keys by chance, turns single keys off (WCAG 2.1.4). */
export const keyChoice = createPreference('keys', KEY_CHOICES)
