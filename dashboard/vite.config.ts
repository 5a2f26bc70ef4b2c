import { defineConfig } from 'vite'

/** Everything is addressed relatively: the same files work under any prefix, and behind any proxy. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
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
