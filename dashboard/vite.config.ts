import { defineConfig } from 'vite'

/** Everything is addressed relatively: the same files work under any prefix, and behind any proxy. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  oxc: {
    // Children as arguments weigh less than children as properties: a fiftieth of the script.
    jsx: { runtime: 'classic', pragma: 'element', pragmaFrag: 'AsOne' },
    jsxInject: "import { h as element, Fragment as AsOne } from 'preact'"
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // It would be a script in line, which the policy of the page refuses.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0
  }
})
