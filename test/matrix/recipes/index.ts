import type { Recipes } from '../recipe.ts';
import { accountRecipes } from './accounts.ts';
import { groupRecipes } from './groups.ts';
import { homeTokenRecipes } from './home-tokens.ts';
import { hookRecipes } from './hooks.ts';
import { jobRecipes } from './jobs.ts';
import { mergeRequestRecipes } from './merge-requests.ts';
import { peopleRecipes } from './people.ts';
import { projectRecipes } from './projects.ts';
import { releaseRecipes } from './releases.ts';
import { repositoryRecipes } from './repositories.ts';
import { runnerRecipes } from './runners.ts';
import { scheduleRecipes } from './schedules.ts';

/** How every route that writes is called. A new one gets its line here. */
export const RECIPES: Recipes = {
  ...accountRecipes,
  ...groupRecipes,
  ...projectRecipes,
  ...repositoryRecipes,
  ...releaseRecipes,
  ...jobRecipes,
  ...runnerRecipes,
  ...scheduleRecipes,
  ...mergeRequestRecipes,
  ...homeTokenRecipes,
  ...hookRecipes,
  ...peopleRecipes,
};
