import Support

/// Reads `iteration 100/ 5000 | key: value | … |` and `validation loss at iteration 100 | lm loss value:
/// … |` in Megatron-LM's output.
enum MegatronLog {
  private static let mark = "iteration"
  private static let skipped = "number of skipped iterations"
  private static let nan = "number of nan iterations"
  private static let loss = "lm loss"
  private static let validationLoss = "lm loss validation"

  static func isFound(in bytes: [UInt8]) -> Bool {
    var isFound = false
    forEachMark(in: bytes) { line, after in
      isFound = progress(bytes, line, after: after) != nil
      return !isFound
    }
    return isFound
  }

  static func read(_ bytes: [UInt8], path: String) throws(InputError) -> RawLog {
    var log = RawLog(.megatron)
    var skippedIterations = 0.0
    var unfinished = 0
    var firstRecord = bytes.count
    forEachMark(in: bytes) { line, after in
      // A field is complete at a bar or at the end of a terminated line.
      let isEnded = line.upperBound < bytes.count
      let found = progress(bytes, line, after: after) ?? validation(bytes, line, after: after)
      guard let found else { return true }
      firstRecord = min(firstRecord, line.lowerBound)
      var isShort = !isEnded
      var hasLoss = false
      var hasNaN = false
      for field in fields(bytes, found.rest.lowerBound..<line.upperBound) {
        guard field.isClosed || isEnded else { continue }
        isShort = false
        let name = found.isValidation ? validationName(field.name) : field.name
        guard let name else { continue }
        if let value = parseNumber(bytes, field.value) {
          if name == skipped { skippedIterations += value }
          hasLoss = hasLoss || name == loss
          hasNaN = hasNaN || name == nan && value > 0
          log.add(value, to: log.column(name))
        }
      }
      // Megatron counts NaN losses instead of printing them.
      if hasNaN && !hasLoss { log.add(.nan, to: log.column(loss)) }
      if isShort { unfinished += 1 }
      log.add(found.step, to: log.column(mark))
      log.endRecord()
      return true
    }
    try log.requireRecords(
      path, "no line begins with 'iteration N/ M |'",
      hint: "give the output of Megatron's training script")
    if let arguments = arguments(in: bytes[..<firstRecord]) { log.take(configuration: arguments) }
    log.repairs.note(.unfinishedRecords, unfinished)
    log.repairs.note(.skippedIterations, Int(exactly: skippedIterations.rounded()) ?? 0)
    return log
  }

  private static func forEachMark(in bytes: [UInt8], _ body: (Range<Int>, Int) -> Bool) {
    let word = Array(mark.utf8)
    var position = 0
    while position < bytes.count {
      let from = position
      let found: Int? = bytes.withUnsafeBufferPointer { text in
        var place = from
        while place + word.count <= text.count {
          if text[place] == word[0],
            text[place..<place + word.count].elementsEqual(word)
          {
            return place
          }
          place += 1
        }
        return nil
      }
      guard let found else { return }
      let start =
        bytes[position..<found].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? position
      let end = bytes[found...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      guard body(start..<end, found + word.count) else { return }
      position = end + 1
    }
  }

  /// A line's step, whether it reports validation, and the text after the first bar.
  private typealias Line = (step: Double, isValidation: Bool, rest: Range<Int>)

  private static func progress(_ bytes: [UInt8], _ line: Range<Int>, after mark: Int) -> Line? {
    guard let bar = bytes[mark..<line.upperBound].firstIndex(of: UInt8(ascii: "|")),
      let slash = bytes[mark..<bar].firstIndex(of: UInt8(ascii: "/")),
      let step = parseNumber(bytes, mark..<slash), parseNumber(bytes, slash + 1..<bar) != nil
    else { return nil }
    return (step, false, bar + 1..<line.upperBound)
  }

  private static func validation(_ bytes: [UInt8], _ line: Range<Int>, after mark: Int) -> Line? {
    guard let bar = bytes[mark..<line.upperBound].firstIndex(of: UInt8(ascii: "|")) else {
      return nil
    }
    let before = String(decoding: bytes[line.lowerBound..<mark], as: UTF8.self)
    let between = String(decoding: bytes[mark..<bar], as: UTF8.self)
    let words = between.split(separator: " ")
    guard before.hasSuffix("validation loss at \(self.mark)"), let first = words.first,
      let step = Double(first), words.count == 1 || between.contains("on validation set")
    else { return nil }
    return (step, true, bar + 1..<line.upperBound)
  }

  private static func validationName(_ name: String) -> String? {
    guard name.hasSuffix(" value") else { return nil }
    return name == "lm loss value" ? validationLoss : name.dropLast(6) + " validation"
  }

  private static func fields(_ bytes: [UInt8], _ rest: Range<Int>) -> [(
    name: String, value: Range<Int>, isClosed: Bool
  )] {
    var fields: [(name: String, value: Range<Int>, isClosed: Bool)] = []
    var start = rest.lowerBound
    while start < rest.upperBound {
      let bar = bytes[start..<rest.upperBound].firstIndex(of: UInt8(ascii: "|"))
      let end = bar ?? rest.upperBound
      if let colon = bytes[start..<end].lastIndex(of: UInt8(ascii: ":")) {
        let name = trimmed(String(decoding: bytes[start..<colon], as: UTF8.self))
        fields.append((name, colon + 1..<end, bar != nil))
      }
      start = end + 1
    }
    return fields
  }
}
