import "zcache";

const users = {
  // @zcache
  async profile(id: number): Promise<string> {
    return (await fetch(`/${id}`)).text();
  },
};

export const again = (name: "profile"): Promise<string> => users[name].refresh(5);
