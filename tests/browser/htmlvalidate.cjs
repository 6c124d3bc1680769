// Settings of html-validate. A rule that is off has its reason beside it.
module.exports = {
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: {
    "long-title": "off", // a title holds the plan's own name and a node's; search engines shorten it, readers need it
    "unique-landmark": "off", // of two drawings of one name the style sheet shows one; axe asks the same of what shows
  },
};
