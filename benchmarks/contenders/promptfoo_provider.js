// Answers each promptfoo test with the canned answer among its variables.
module.exports = class {
  id() {
    return "canned";
  }
  async callApi(prompt, context) {
    return { output: context.vars.answer };
  }
};
