/** Grape-like parameter declarations. (types first; behaviour follows) */
export type { Params, ParamSpec, ParamSpecs, ParamRule } from './param-spec.ts';
