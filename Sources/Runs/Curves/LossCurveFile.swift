import Schedules
import Support

extension LossCurve {
  /// The curve in a CSV file with columns `step`, `lr` and `loss`.
  ///
  /// Rows are sorted, of a repeated step the last is kept, rows without a number in each of the three are
  /// left out, and of more than ``mostRows`` rows as many are taken; all of it is said in `diagnostics`.
  ///
  /// - Parameters:
  ///   - path: the file, `-` for standard input.
  ///   - warmup: over how many steps the learning rate rose linearly; nil for all before the first row.
  ///   - diagnostics: what had to be mended is added here.
  /// - Throws: `InputError`.
  /// - Complexity: O(size + T).
  public init(contentsOf path: String, warmup: Int? = nil, diagnostics: inout [Diagnostic])
    throws(InputError)
  {
    var text = DelimitedText(try readBytes(path), path: path)
    var fields: [DelimitedText.Field] = []
    guard try text.next(&fields) else {
      throw InputError(path: path, problem: "it is empty", hint: "give a CSV with step,lr,loss")
    }
    let header = try text.names(fields).map { $0.lowercased() }
    func column(_ names: [String]) throws(InputError) -> Int {
      if let found = names.lazy.compactMap({ header.firstIndex(of: $0) }).first { return found }
      throw InputError(
        path: path, line: 1,
        problem:
          "no column is called \(names[0]) (there are \(printable(header.joined(separator: ", "))))",
        hint: "name the columns step,lr,loss")
    }
    let stepColumn = try column(["step", "iter", "iteration", "global_step"])
    let rateColumn = try column(["lr", "learning_rate", "train_lr"])
    let lossColumn = try column(["loss", "train_loss", "val_loss"])

    var rows: [Int: (rate: Double, loss: Double)] = [:]
    var (left, repeated, isSorted, last) = (0, 0, true, 0)
    while try text.next(&fields) {
      func number(_ column: Int) -> Double? {
        column < fields.count ? text.number(fields[column]) : nil
      }
      guard let step = number(stepColumn), let rate = number(rateColumn),
        let loss = number(lossColumn), step.isFinite, rate.isFinite, loss.isFinite
      else {
        left += 1
        continue
      }
      guard step >= 1, step <= Double(Self.mostSteps), step == step.rounded() else {
        // A log may begin before the first update.
        if step == 0 {
          left += 1
          continue
        }
        throw InputError(
          path: path, line: text.line, problem: "\(decimalText(step)) is not a step",
          hint: "give whole steps from 1 to \(Self.mostSteps)")
      }
      isSorted = isSorted && Int(step) >= last
      last = Int(step)
      if rows.updateValue((rate, loss), forKey: Int(step)) != nil { repeated += 1 }
    }
    var steps = rows.keys.sorted()
    func note(_ count: Int, _ code: String, _ what: String) {
      if count > 0 {
        diagnostics.append(Diagnostic(code: code, message: "\(shownPath(path)): \(what): \(count)"))
      }
    }
    note(left, "rows-left-out", "rows without a step, a learning rate and a loss, left out")
    note(repeated, "repeated-steps", "repeated steps, of which the last was kept")
    note(isSorted ? 0 : steps.count, "unsorted-steps", "rows out of order, sorted")
    if steps.count > Self.mostRows {
      note(steps.count, "thinned", "\(Self.mostRows) rows taken, evenly spread, of")
      let all = steps
      steps = (1...Self.mostRows).map { all[$0 * all.count / Self.mostRows - 1] }
    }
    let kept = steps.compactMap { rows[$0] }
    do {
      try self.init(
        steps: steps, learningRates: kept.map(\.rate), losses: kept.map(\.loss), warmup: warmup)
    } catch {
      throw InputError(path: path, problem: error.problem, hint: error.hint)
    }
  }
}
