import Support

extension Schedule {
  /// The schedule written for a trainer.
  ///
  /// Code for torch and optax has the same multipliers. A trainer's configuration is read back by its
  /// dialect before it is given out: where the two differ by no more than a step at the ends, which is a
  /// matter of convention, it is given with a remark that says by how much; else it is refused.
  ///
  /// - Parameters:
  ///   - target: the trainer.
  ///   - title: what the schedule is, for a comment.
  ///   - baseLearningRate: γ; Megatron-LM and nanotron need it.
  /// - Returns: the text and its remarks.
  /// - Throws: ``ExportError`` naming what the trainer cannot express.
  /// - Complexity: O(T).
  public func exported(
    for target: ExportTarget, title: String, baseLearningRate: Double? = nil
  ) throws(ExportError) -> ScheduleExport {
    guard let dialect = target.dialect else {
      let code = try PythonSchedule(
        of: self, title: title, baseLearningRate: baseLearningRate, target: target)
      return ScheduleExport(text: target == .torch ? code.torch : code.optax, remarks: [])
    }
    let configuration = try TrainerConfiguration(
      of: self, for: target, baseLearningRate: baseLearningRate)
    let reading: DialectSchedule
    do {
      reading = try dialect.read(configuration.request)
    } catch {
      throw ExportError(target, problem: "it cannot express this (\(error.problem))")
    }
    let difference = try difference(from: reading.schedule, target: target)
    // That a floor is a learning rate is no news where the base one is given.
    var remarks = reading.remarks.filter { $0.code != "absolute-level" }
    if difference > 1e-9 {
      remarks.append(
        ScheduleFinding(
          code: "end-points", severity: .information,
          message:
            "\(target.rawValue) counts the steps of warmup or decay otherwise: multipliers differ by up to \(rounded(difference)) of the peak"
        ))
    }
    return ScheduleExport(text: configuration.text, remarks: remarks)
  }

  /// The largest difference, none of which may exceed what one step makes.
  private func difference(from other: Schedule, target: ExportTarget) throws(ExportError) -> Double
  {
    guard other.steps == steps else {
      throw ExportError(target, problem: "it cannot express \(steps) steps of this schedule")
    }
    var largest = 0.0
    var position = 0
    while position < steps {
      let end = min(steps, position + 65_536)
      let (first, last) = (max(0, position - 1), min(steps, end + 1))
      let own = multipliers(in: first..<last)
      let others = other.multipliers(in: position..<end)
      for step in position..<end {
        let index = step - first
        let value = own[index]
        let before = index > 0 ? abs(own[index - 1] - value) : 0
        let after = index + 1 < own.count ? abs(own[index + 1] - value) : 0
        // A trainer that never reaches the peak keeps the learning rate that it was given.
        let read = others[step - position] * other.peak
        let difference = abs(read - value)
        guard difference <= 1.5 * max(before, after) + 1e-9 else {
          throw ExportError(
            target,
            problem:
              "it cannot express this: its learning rate at step \(step + 1) would be \(rounded(read)) of the peak, not \(rounded(value))"
          )
        }
        largest = max(largest, difference)
      }
      position = end
    }
    return largest
  }

  private func rounded(_ value: Double) -> String {
    decimalText((value * 1e6).rounded() / 1e6)
  }
}
