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
    let zeros = trailingZeros
    guard zeros > 0 else { return [] }
    return [
      ScheduleFinding(
        code: "zero-lr-tail", severity: zeros == 1 ? .information : .warning,
        message: zeros == 1
          ? "the last step has no learning rate and trains nothing"
          : "the last \(zeros) steps have no learning rate and train nothing")
    ]
  }

  /// Whether the decay ends where the run does.
  private func horizon(_ intent: ScheduleIntent) -> [ScheduleFinding] {
    var findings: [ScheduleFinding] = []
    let tail = flatTail
    // A step more or less is a convention.
    let planned = intent.horizon ?? (tail > 1 ? Double(steps - tail) : nil)
    guard let planned, abs(planned - Double(steps)) > 1 else { return [] }
    let difference = abs(planned - Double(steps))
    if let warmup = intent.warmupSteps ?? warmupSteps, warmup > 1,
      abs(difference - warmup) <= 1
    {
      findings.append(
        ScheduleFinding(
          code: "warmup-counted-twice", severity: .warning,
          message:
            "the decay ends \(whole(warmup)) steps \(planned < Double(steps) ? "before" : "after") the run, which is the warmup: its length is counted \(planned < Double(steps) ? "twice" : "on top of the run")"
        ))
    }
    if planned < Double(steps) {
      findings.append(
        ScheduleFinding(
          code: "decay-ends-early", severity: .warning,
          message:
            "the decay ends after \(whole(planned)) of \(steps) steps; the rest stays at \(percent(last)) of the peak"
        ))
    } else if let start = intent.decayStart, start >= Double(steps) {
      findings.append(
        ScheduleFinding(
          code: "decay-never-reached", severity: .warning,
          message: "the decay begins after \(whole(start)) steps, and the run has \(steps)"))
    } else {
      findings.append(
        ScheduleFinding(
          code: "horizon-beyond-run", severity: .warning,
          message:
            "the schedule is laid out for \(whole(planned)) steps, and the run ends after \(steps)")
      )
    }
    return findings
  }

  private func floor(_ intent: ScheduleIntent) -> [ScheduleFinding] {
    var findings: [ScheduleFinding] = []
    if let floor = intent.floor, floor > 1 {
      findings.append(
        ScheduleFinding(
          code: "floor-above-peak", severity: .error,
          message: "the floor is \(percent(floor)) of the peak, so that the decay rises"))
    }
    let level = finalLevel
    if !isAnnealed {
      findings.append(
        ScheduleFinding(
          code: "high-final-lr", severity: .warning,
          message:
            "it ends at \(percent(level)) of the peak; above 5 % the last iterate is noisy and the bound off"
        ))
    }
    return findings
  }

  /// Whether most of the run after the warmup is the cooldown of a plateau.
  ///
  /// That is no fault: the longer the cooldown, the smaller the bound, and long extensions want one.
  private func cooldown(_ intent: ScheduleIntent) -> [ScheduleFinding] {
    guard let plateau = stablePhase?.steps else { return [] }
    let level = multipliers(in: plateau.lowerBound - 1..<plateau.lowerBound)[0]
    let part = steps - plateau.upperBound
    let whole = max(1, Double(steps) - (intent.warmupSteps ?? warmupSteps ?? 0))
    guard level == 1, part < steps, Double(part) > 0.6 * whole, last < 0.5 else {
      return []
    }
    let share = Double(part) / whole
    return [
      ScheduleFinding(
        code: "long-cooldown", severity: .information,
        message: "the cooldown takes \(percent(share)) of the run after the warmup"
      )
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

  private func percent(_ part: Double) -> String {
    guard part < 1e6 else { return "over 1e8 %" }
    return "\(decimalText((part * 1000).rounded() / 10)) %"
  }

  private func whole(_ steps: Double) -> String { decimalText(steps.rounded()) }
}
