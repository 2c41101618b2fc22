import "zcache";
import { load as loadPage, Users } from "./index";
import * as pages from "./load";

const users = new Users();
export const again = (): Promise<unknown> =>
  Promise.all([loadPage.refresh(5), pages.load.refresh(5), users.profile.refresh(5)]);
