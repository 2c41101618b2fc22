// expect: unknown-property@7:26
interface Answer {
  status: number;
  body: string;
}

// @zcache when: "result.ok"
export async function ask(question: string): Promise<Answer> {
  return { status: 200, body: question };
}
