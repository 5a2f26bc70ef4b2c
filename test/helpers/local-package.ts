import { registerHooks } from 'node:module'

const entry = new URL('../../index.ts', import.meta.url).href

// For programs started with `--import` of this file: "carillon" is this very source, not a build.
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    nextResolve(specifier === 'carillon' ? entry : specifier, context)
})
