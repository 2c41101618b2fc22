export { load } from "./load";
export { default as Users } from "./users";
