import Support

extension Schedule {
  /// What looks wrong with the schedule.
  ///
  /// The codes are `zero-lr-tail`, `warmup-counted-twice`, `decay-never-reached`, `decay-ends-early`,
  /// `horizon-beyond-run`, `floor-above-peak`, `high-final-lr` and `long-cooldown`.
  ///
  /// - Parameter intent: what the configuration meant, as far as it is known.
  /// - Returns: the findings, in that order.
  /// - Complexity: O(T) at worst, O(1) for most.
  public func findings(intent: ScheduleIntent = ScheduleIntent()) -> [ScheduleFinding] {
    zeroTail + horizon(intent) + floor(intent) + cooldown(intent)
  }

  private var zeroTail: [ScheduleFinding] {
    switch trailingZeros {
    case 0: []
    case 1:
      [
        finding(
          "zero-lr-tail", .information, "the last step has no learning rate and trains nothing")
      ]
    case let zeros:
      [
        finding(
          "zero-lr-tail", .warning,
          "the last \(zeros) steps have no learning rate and train nothing")
      ]
    }
  }

  /// Whether the decay ends where the run does.
  private func horizon(_ intent: ScheduleIntent) -> [ScheduleFinding] {
    var findings: [ScheduleFinding] = []
    let tail = flatTail
    let total = Double(steps)
    // A step more or less is a convention.
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
          "the decay ends \(whole(warmup)) steps \(side) the run, which is the warmup: its length is counted \(counted)"
        ))
    }
    if planned < total {
      findings.append(
        finding(
          "decay-ends-early", .warning,
          "the decay ends after \(whole(planned)) of \(steps) steps; the rest stays at \(percent(last)) of the peak"
        ))
    } else if let start = intent.decayStart, start >= total {
      findings.append(
        finding(
          "decay-never-reached", .warning,
          "the decay begins after \(whole(start)) steps, and the run has \(steps)"))
    } else {
      findings.append(
        finding(
          "horizon-beyond-run", .warning,
          "the schedule is laid out for \(whole(planned)) steps, and the run ends after \(steps)"))
    }
    return findings
  }

  private func floor(_ intent: ScheduleIntent) -> [ScheduleFinding] {
    var findings: [ScheduleFinding] = []
    if let floor = intent.floor, floor > 1 {
      findings.append(
        finding(
          "floor-above-peak", .error,
          "the floor is \(percent(floor)) of the peak, so that the decay rises"))
    }
    if !isAnnealed {
      findings.append(
        finding(
          "high-final-lr", .warning,
          "it ends at \(percent(finalLevel)) of the peak; above 5 % the last iterate is noisy and the bound off"
        ))
    }
    return findings
  }

  /// Whether most of the run after the warmup is the cooldown of a plateau.
  ///
  /// That is not a fault: the longer the cooldown, the smaller the bound, and long extensions want one.
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

  /// How many steps at the end have the last multiplier, where a decay below the peak leads there; else 0.
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
    // A stair was meant: only what came down step by step has ended early.
    let start = steps - count
    guard start >= 2 else { return 0 }
    let before = multipliers(in: start - 2..<start)
    return before[0] == before[1] ? 0 : count
  }

  /// The steps before the peak, where the schedule begins with a rise.
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
