import { effect } from '../signal/signal.ts'
import { createPreference } from './preference.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export const theme = createPreference<Theme>('theme', THEMES)

effect(() => {
  document.documentElement.dataset['theme'] = theme.value
})
