import type { Access, Scope } from '../../../client.ts'
import { refusals, service } from '../service.ts'
import { computed, effect, signal } from '../signal/signal.ts'

/** What the reader may do; null before it is known. */
export const access = signal<Access | null>(null)

const ASK_AGAIN_MS = 5_000

/** What the service is called. */
export const serviceTitle = computed(() => access.value?.title ?? 'Carillon')

/** Whether the reader may do what needs this scope; nothing of it before that is known. */
export function may(scope: Scope | undefined): boolean {
  return scope === undefined || access.value?.scopes.includes(scope) === true
}

/** Asks now, and again when something was refused: a key may be another one since. */
export function watchAccess(): void {
  effect(() => {
    if (refusals.value >= 0) void ask()
  })
}

async function ask(): Promise<void> {
  try {
    access.value = await service.access()
  } catch {
    // What was known stays; without any, no button is there.
    if (access.value === null) setTimeout(() => void ask(), ASK_AGAIN_MS)
  }
}
