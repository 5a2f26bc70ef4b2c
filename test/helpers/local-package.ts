import { registerHooks } from 'node:module'

const entry = (name: string): string => new URL(`../../${name}.ts`, import.meta.url).href

// For programs started with `--import` of this file: "carillon" is this very source, not a build.
registerHooks({
  resolve: (specifier, context, nextResolve) => {
    const [, part = 'index'] = /^carillon(?:\/(\w+))?$/.exec(specifier) ?? []
    return nextResolve(/^carillon(?:\/|$)/.test(specifier) ? entry(part) : specifier, context)
  }
})
