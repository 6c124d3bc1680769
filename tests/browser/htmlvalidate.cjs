// Settings of html-validate. Each disabled rule has its reason in a comment.
module.exports = {
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: {
    "long-title": "off", // a title contains the names of the plan and of the node; search engines shorten it
    "unique-landmark": "off", // of two diagrams with the same name the style sheet shows one; axe checks the visible one
  },
};
