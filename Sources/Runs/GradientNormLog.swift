import Bound
import Numerics
import Schedules

/// The gradient norms of a run as a trainer logged them: at some steps, perhaps out of order.
public struct GradientNormLog: Sendable {
  /// The logged steps, counted from 1, rising.
  public let steps: [Int]

  /// The norm at each of them.
  public let norms: [Double]

  /// What had to be mended.
  public let notices: [Notice]

  /// The longest run for which norms are drawn out to every step.
  public static let mostSteps = 20_000_000

  /// The log in a file: CSV with a column `grad_norm` (and `step`), or JSON.
  ///
  /// Rows out of order are sorted, of a repeated step the last is kept (a resumed run logs it again),
  /// and zeros, NaN, infinities and blanks are left out as gaps; each of these is said. Without a
  /// column of steps the rows are steps 1, 2, …; a log that begins at step 0 is shifted by one.
  ///
  /// - Parameter path: the file, `-` for standard input.
  /// - Throws: ``InputError`` for negative norms, steps that are not whole, and fewer than two norms.
  /// - Complexity: O(size · log).
  public init(contentsOf path: String) throws(InputError) {
    let table = try NormTable(path: path)
    try self.init(points: table.points, path: path)
  }

  /// The log from rows.
  ///
  /// - Parameters:
  ///   - points: step, norm and line, in the order of the file.
  ///   - path: for messages.
  /// - Throws: ``InputError``, as for a file.
  init(points: [(step: Double, norm: Double, line: Int)], path: String) throws(InputError) {
    var notices: [Notice] = []
    for point in points where point.norm < 0 {
      throw InputError(
        path: path, line: point.line > 0 ? point.line : nil,
        problem: "\(point.norm) is not a gradient norm",
        remedy: "give norms of at least 0")
    }
    // A row without a step is a gap like one without a norm.
    for point in points where !point.step.isNaN {
      guard point.step >= 0, point.step <= Double(Self.mostSteps),
        point.step == point.step.rounded()
      else {
        throw InputError(
          path: path, line: point.line > 0 ? point.line : nil,
          problem: "\(decimalText(point.step)) is not a step",
          remedy: "give whole steps from 0 to \(Self.mostSteps)")
      }
    }
    let usable = points.filter {
      !$0.step.isNaN && $0.norm > 0 && $0.norm <= usableMagnitudes.upperBound
    }
    func note(_ count: Int, _ code: String, _ what: String) {
      guard count > 0 else { return }
      notices.append(Notice(code: code, message: "\(what): \(count)"))
    }
    note(
      points.count - usable.count, "norms-left-out",
      "gradient norms that are zero, blank or not finite, taken as gaps")
    let isSorted = zip(usable, usable.dropFirst()).allSatisfy { $0.step <= $1.step }
    if !isSorted {
      notices.append(Notice(code: "unsorted-steps", message: "steps out of order were sorted"))
    }
    var last: [Double: Double] = [:]
    for point in usable { last[point.step] = point.norm }
    note(usable.count - last.count, "repeated-steps", "repeated steps, of which the last was kept")
    let sorted = last.keys.sorted()
    guard sorted.count >= 2 else {
      throw InputError(
        path: path, problem: "\(sorted.count) usable gradient norms make no schedule",
        remedy: "log two or more")
    }
    let shift = points.contains { $0.step == 0 } ? 1 : 0
    steps = sorted.map { Int($0) + shift }
    norms = sorted.compactMap { last[$0] }
    let longest = zip(steps, steps.dropFirst()).map { $1 - $0 }
    let usual = longest.sorted()[longest.count / 2]
    note(
      longest.filter { $0 > 2 * usual }.count, "gaps",
      "gaps of more than twice the usual \(usual) steps, bridged by straight lines")
    self.notices = notices
  }

  /// One norm a step: straight lines between logged steps, level before the first and after the last.
  ///
  /// - Parameters:
  ///   - count: T; the last logged step without it.
  ///   - isFiltered: whether the running median of 2310.07831 is applied to the logged norms first.
  /// - Returns: T positive norms.
  /// - Complexity: O(T + n log n).
  public func perStep(count: Int? = nil, isFiltered: Bool) -> [Double] {
    let values = isFiltered ? RefinedSchedule.filtered(norms) : norms
    var right = 0
    return (1...(count ?? steps[steps.count - 1])).map { step in
      while right < steps.count, steps[right] < step { right += 1 }
      if right == 0 { return values[0] }
      if right == steps.count { return values[values.count - 1] }
      let part = Double(step - steps[right - 1]) / Double(steps[right] - steps[right - 1])
      // Equal norms stay equal to the bit.
      return part == 1
        ? values[right] : values[right - 1] + part * (values[right] - values[right - 1])
    }
  }
}

/// The rows of a log of gradient norms.
private struct NormTable {
  var points: [(step: Double, norm: Double, line: Int)] = []

  private static let normColumns = [
    "grad_norm", "train/grad_norm", "grad-norm", "grad norm", "gradient_norm",
    "optim/total_grad_norm",
    "optim/total grad norm", "norm",
  ]
  private static let stepColumns = [
    "step", "_step", "iter", "iteration", "global_step", "train/global_step", "trainer/global_step",
  ]

  init(path: String) throws(InputError) {
    let bytes = try readBytes(path)
    if let json = ValueFile.json(in: bytes) {
      let (steps, norms) = try ValueFile.normsAndSteps(json, path: path)
      for (index, norm) in norms.enumerated() {
        let step = steps.map { $0[index] ?? .nan } ?? Double(index + 1)
        points.append((step, norm ?? .nan, 0))
      }
      return
    }
    var text = DelimitedText(bytes)
    var fields: [DelimitedText.Field] = []
    guard text.next(&fields) else {
      throw InputError(path: path, problem: "it is empty", remedy: "give a log with step,grad_norm")
    }
    var normColumn = fields.count - 1
    var stepColumn: Int? = fields.count == 2 ? 0 : nil
    var hasRecord = true
    if fields.contains(where: { text.number($0) == nil && !text.text($0).isEmpty }) {
      let header = fields.map { text.text($0).lowercased() }
      guard let norm = Self.normColumns.lazy.compactMap({ header.firstIndex(of: $0) }).first else {
        throw InputError(
          path: path, line: 1,
          problem:
            "no column of '\(printable(header.joined(separator: ",")))' holds gradient norms",
          remedy: "name it grad_norm")
      }
      normColumn = norm
      stepColumn = Self.stepColumns.lazy.compactMap { header.firstIndex(of: $0) }.first
      hasRecord = text.next(&fields)
    } else if fields.count > 2 {
      throw InputError(
        path: path, line: 1, problem: "\(fields.count) columns have no names",
        remedy: "add a header that names one of them grad_norm")
    }
    while hasRecord {
      let line = text.line
      func number(_ column: Int, _ what: String) throws(InputError) -> Double {
        let cell = column < fields.count ? text.text(fields[column]) : ""
        if cell.isEmpty { return .nan }
        guard let value = text.number(fields[column]) else {
          throw InputError(
            path: path, line: line, problem: "'\(printable(cell))' is not a \(what)",
            remedy: "give numbers")
        }
        return value
      }
      let step = try stepColumn.map { column throws(InputError) in try number(column, "step") }
      points.append(
        (step ?? Double(points.count + 1), try number(normColumn, "gradient norm"), line))
      hasRecord = text.next(&fields)
    }
  }
}
