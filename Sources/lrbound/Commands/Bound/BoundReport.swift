import Charts
import Support

/// What `lrbound bound` answers.
struct BoundBody: Codable {
  /// What is bounded.
  enum Iterate: String, Codable, CaseIterable {
    case last
    case average
  }

  let schedule: RunEcho
  let stepSum: Double
  let noiseSum: Double
  let omega: Double
  let gamma: Double
  let gammaStar: Double
  let omegaStar: Double
  let trimmedSteps: Int
  let iterate: Iterate
  let distance: Double
  let lastMultiplier: Double?
  let curve: CurveBody?

  private enum CodingKeys: String, CodingKey {
    case schedule, omega, gamma, gammaStar, omegaStar, trimmedSteps, iterate, distance
    case lastMultiplier, curve
    case stepSum = "S"
    case noiseSum = "V"
  }

  func report(
    table: CurveTable?, isPrinted: Bool, isChosen: Bool, isGiven: Bool, scale: ScaleOptions,
    diagnostics: [Diagnostic]
  ) -> Report<BoundBody> {
    let printed = isPrinted ? table : nil
    return Report(
      self,
      csv: printed.map { .pieces($0.writeCSV) }
        ?? .records(
          [self], "spec=schedule.spec", "steps=schedule.steps", "S", "V", "omega", "gamma",
          "gamma_star", "omega_star"),
      diagnostics: diagnostics, assumptions: [convexAssumption],
      chart: table.map { table in { chart(table, unit: scale.units.omega, isChosen: isChosen) } }
    ) {
      let kind =
        iterate == .average ? "standard bound (average iterate)" : "last-iterate bound"
      return [
        .lines(["\(kind) of \(schedule.spec) over \(grouped(schedule.steps)) steps"]),
        .facts(rows(isGiven: isGiven, scale: scale)),
      ] + (printed.map { [.table($0.rows)] } ?? [])
    }
  }

  private func rows(isGiven: Bool, scale: ScaleOptions) -> [[String]] {
    var rows = [
      ["S", significant(stepSum, 8), "Σ η_t, steps at the peak"],
      ["V", significant(noiseSum, 8), iterate == .average ? "Σ η²G²/Σ η" : "what noise adds"],
      ["γ*", significant(gammaStar, 8), "best base learning rate" + scale.gammaUnit],
      ["Ω*", significant(omegaStar, 8), "the bound there" + scale.omegaUnit],
    ]
    if isGiven { rows.append(["Ω(γ)", significant(omega, 8), "at γ = \(significant(gamma, 6))"]) }
    if let lastMultiplier {
      rows.append(["η_T", significant(lastMultiplier, 6), "the last multiplier that makes Ω least"])
    }
    return rows
  }

  /// Ω_t over the steps.
  private func chart(_ table: CurveTable, unit: String?, isChosen: Bool) -> Chart {
    let steps = table.steps.map(Double.init)
    // The first steps lie far above what is to be compared: what a cooldown gains.
    let lowest = table.bounds.compactMap { $0.min() }.max() ?? 1
    let highest = table.bounds.compactMap { $0.max() }.max() ?? 1
    return Chart(
      title: "\(schedule.spec) over \(grouped(schedule.steps)) steps: the bound after each",
      x: ChartAxis("step t"),
      y: ChartAxis(
        "Ω_t", unit: unit, spacing: .logarithmic,
        highest: isChosen || highest <= 8 * lowest ? nil : 8 * lowest),
      series: zip(table.gammas, table.bounds).map { gamma, bounds in
        ChartSeries(
          "γ = \(significant(gamma))", x: .values(steps),
          isChosen ? .points(bounds) : .line(bounds))
      })
  }
}
