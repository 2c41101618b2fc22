// expect: incomplete-key@4:19
const pricing = {
  factor: 1,
  // @zcache key: "price:{cents}"
  async price(cents: number): Promise<number> {
    return cents * this.factor;
  },
};

export const wholesale = { ...pricing, factor: 0.8 };
export { pricing };
