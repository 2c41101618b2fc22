// expect: unfaithful-codec@8:4
interface Comment {
  text: string;
  replies: Comment[];
  editedAt?: Date;
}

// @zcache ttl: 10m
export async function thread(id: number): Promise<Comment> {
  return { text: `${id}`, replies: [] };
}
