import Schedules

/// The schedule that logged learning rates belong to.
///
/// Tried are constant, and every decay of the grammar over the rest of the run or as its cooldown, with
/// and without a floor and a linear warmup. A schedule is taken only where it explains every record, those
/// of the warmup too, to the precision that they are logged with. What the records leave open (where a
/// cooldown began between two of them, a warmup before the first) is resolved by the values that people
/// type; where several are as plausible, nothing is recognised.
struct RecognisedSchedule {
  let spec: ScheduleSpec
  let baseLearningRate: Double

  /// By how much the simplest explanation must be simpler than the next.
  private static let margin = 3

  /// How many records a search goes by; the answer is compared with all.
  private static let sampleSize = 400

  /// The one plausible schedule; nil where there is none or several, and for less than four records.
  ///
  /// - Parameters:
  ///   - log: with learning rates.
  ///   - steps: T.
  ///   - baseLearningRate: γ, where it is known.
  /// - Complexity: O(records + the gap between two of them).
  init?(in log: RunLog, steps: Int, baseLearningRate: Double? = nil) {
    guard let rates = log.learningRate else { return nil }
    let timings = log.learningRateTiming.map { [$0] } ?? [.applied, .next]
    var found: [String: ScheduleHypothesis] = [:]
    // Rates of few digits may be round by themselves: that they were rounded is the second guess.
    for isRounded in [false, true] where found.isEmpty {
      for timing in timings {
        guard
          let rows = LoggedRates(rates, timing: timing, steps: steps, isRounded: isRounded)
        else { continue }
        let search = ScheduleSearch(
          rows: rows.thinned(to: Self.sampleSize), baseLearningRate: baseLearningRate)
        for hypothesis in search.hypotheses() where hypothesis.explains(rows) {
          let known = found[hypothesis.text]?.complexity ?? .max
          if hypothesis.complexity < known { found[hypothesis.text] = hypothesis }
        }
      }
    }
    let ranked = found.values.sorted { $0.complexity < $1.complexity }
    guard let best = ranked.first,
      ranked.count == 1 || ranked[1].complexity >= best.complexity + Self.margin,
      let spec = try? ScheduleSpec(best.text)
    else { return nil }
    self.spec = spec
    self.baseLearningRate = best.peak
  }
}
