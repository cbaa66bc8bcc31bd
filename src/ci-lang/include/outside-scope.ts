import { newExpansionMeter, viewVariables } from '../rules/variable-view.ts';
import type { IncludeScope } from './include-context.ts';

/** What a file that belongs to no project sees: no files, no variables, and of projects only those open to everyone. */
export const outsideScope = ({ component }: IncludeScope): IncludeScope => ({
  place: undefined,
  as: 'anybody',
  variables: viewVariables([], newExpansionMeter()),
  suffix: '',
  seesParent: false,
  ...(component === undefined ? {} : { component }),
});
