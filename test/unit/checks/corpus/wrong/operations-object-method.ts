// expect: not-annotated@10:59
import "zcache";

const users = {
  async profile(id: number): Promise<string> {
    return (await fetch(`/${id}`)).text();
  },
};

export const plain = (): Promise<string> => users.profile.nocache(5);
