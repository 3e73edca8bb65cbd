import Support

extension Schedule {
  /// Returns likely mistakes in the schedule, in O(T) at worst.
  ///
  /// The codes, in this order, are `zero-lr-tail`, `warmup-counted-twice`, `decay-never-reached`,
  /// `decay-ends-early`, `horizon-beyond-run`, `floor-above-peak`, `high-final-lr` and `long-cooldown`.
  public func findings(intent: ScheduleIntent = ScheduleIntent()) -> [ScheduleFinding] {
    zeroTail + horizon(intent) + floor(intent) + cooldown(intent)
  }

  private var zeroTail: [ScheduleFinding] {
    switch trailingZeros {
    case 0: []
    case 1:
      [
        finding(
          "zero-lr-tail", .information, "the last step has a learning rate of 0 and trains nothing")
      ]
    case let zeros:
      [
        finding(
          "zero-lr-tail", .warning,
          "the last \(zeros) steps have a learning rate of 0 and train nothing")
      ]
    }
  }

  private func horizon(_ intent: ScheduleIntent) -> [ScheduleFinding] {
    var findings: [ScheduleFinding] = []
    let tail = flatTail
    let total = Double(steps)
    // Conventions differ by one step.
    let planned = intent.horizon ?? (tail > 1 ? Double(steps - tail) : nil)
    guard let planned, abs(planned - total) > 1 else { return [] }
    if let warmup = intent.warmupSteps ?? warmupSteps, warmup > 1,
      abs(abs(planned - total) - warmup) <= 1
    {
      let (side, counted) =
        planned < total ? ("before", "twice") : ("after", "on top of the run")
      findings.append(
        finding(
          "warmup-counted-twice", .warning,
          "the decay ends \(whole(warmup)) steps \(side) the run does, which is the warmup's length: the warmup is counted \(counted)"
        ))
    }
    if planned < total {
      findings.append(
        finding(
          "decay-ends-early", .warning,
          "the decay ends after \(whole(planned)) of \(steps) steps; the remaining steps stay at \(percent(last)) of the peak"
        ))
    } else if let start = intent.decayStart, start >= total {
      findings.append(
        finding(
          "decay-never-reached", .warning,
          "the decay begins after \(whole(start)) steps, but the run has only \(steps)"))
    } else {
      findings.append(
        finding(
          "horizon-beyond-run", .warning,
          "the schedule is planned for \(whole(planned)) steps, but the run ends after \(steps)"))
    }
    return findings
  }

  private func floor(_ intent: ScheduleIntent) -> [ScheduleFinding] {
    var findings: [ScheduleFinding] = []
    if let floor = intent.floor, floor > 1 {
      findings.append(
        finding(
          "floor-above-peak", .error,
          "the floor is \(percent(floor)) of the peak, so the decay rises"))
    }
    if !isAnnealed {
      findings.append(
        finding(
          "high-final-lr", .warning,
          "it ends at \(percent(finalLevel)) of the peak; above 5 % the last iterate is noisy and the bound inaccurate"
        ))
    }
    return findings
  }

  /// Reports a cooldown that takes most of the run, which is no mistake: it lowers the bound.
  private func cooldown(_ intent: ScheduleIntent) -> [ScheduleFinding] {
    guard let plateau = stablePhase?.steps else { return [] }
    let level = multipliers(in: plateau.lowerBound - 1..<plateau.lowerBound)[0]
    let count = Double(steps - plateau.upperBound)
    let whole = max(1, Double(steps) - (intent.warmupSteps ?? warmupSteps ?? 0))
    guard level == 1, count < Double(steps), count > 0.6 * whole, last < 0.5 else { return [] }
    return [
      finding(
        "long-cooldown", .information,
        "the cooldown takes \(percent(count / whole)) of the run after the warmup")
    ]
  }

  /// The number of steps at the end at the last level, if a gradual decay below the peak leads there; else 0.
  private var flatTail: Int {
    let level = last
    guard level < 1 else { return 0 }
    var count = 0
    var isOver = false
    forEachBlockFromEnd(in: 0..<steps, length: 4096) { _, block in
      guard !isOver else { return }
      let equal = block.reversed().prefix { $0 == level }.count
      count += equal
      isOver = equal < block.count
    }
    // A staircase is intended; only a gradual decay can end too early.
    let start = steps - count
    guard start >= 2 else { return 0 }
    let before = multipliers(in: start - 2..<start)
    return before[0] == before[1] ? 0 : count
  }

  private var warmupSteps: Double? {
    guard let first = stretches.first, first.first < first.last else { return nil }
    return Double(first.steps.upperBound)
  }

  private func finding(
    _ code: String, _ severity: ScheduleFinding.Severity, _ message: String
  ) -> ScheduleFinding {
    ScheduleFinding(code: code, severity: severity, message: message)
  }

  private func percent(_ fraction: Double) -> String {
    guard fraction < 1e6 else { return "over 1e8 %" }
    return "\(decimalText((fraction * 1000).rounded() / 10)) %"
  }

  private func whole(_ steps: Double) -> String { decimalText(steps.rounded()) }
}
