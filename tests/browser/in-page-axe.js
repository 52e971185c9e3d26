// Runs in a page that has axe. It is sent there as its text.

/** What axe calls serious or critical: the rule, and where. */
exports.grave = async () => {
  const { violations } = await window.axe.run();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
};
