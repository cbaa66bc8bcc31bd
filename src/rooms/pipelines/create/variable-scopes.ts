import type { VariableScopes } from '../../../ci-lang/index.ts';
import type { Commit } from '../../repositories/index.ts';
import type { PipelineDraft } from './persist.ts';

/** Everything around the YAML variables for one pipeline that is being created. */
export type VariableScopesFor = (draft: PipelineDraft, commit: Commit) => Promise<VariableScopes>;
