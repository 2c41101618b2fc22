import "zcache";

const users = {
  // @zcache
  async profile(id: number): Promise<string> {
    return (await fetch(`/${id}`)).text();
  },
};

const { profile } = users;
const alsoProfile = users.profile;
export const again = (): Promise<unknown> => Promise.all([profile.refresh(5), alsoProfile.refresh(5)]);
