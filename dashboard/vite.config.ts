import path from 'node:path'
import { defineConfig } from 'vite'

/** The page is told what happens by the EventSource of the browser, not by the client. */
const UNUSED = [
  {
    find: './event-stream.ts',
    replacement: path.join(import.meta.dirname, 'src/live/no-stream.ts')
  }
]

/** Everything is addressed relatively: the same files work under any prefix, and behind any proxy. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  resolve: { alias: UNUSED },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // It would be a script in line, which the policy of the page refuses.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0
  }
})
