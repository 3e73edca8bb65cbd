import Support

extension SpecParser {
  /// What people also call the families of shapes; the paper's own names among them.
  static let shapeSynonyms: [String: String] = [
    "generalized-cosine": "cos-gen", "generalised-cosine": "cos-gen",
    "squareroot-decay": "sqrt-decay", "generalized-rex": "rex-gen", "generalised-rex": "rex-gen",
    "twopoint-linear": "tpl", "two-point-linear": "tpl", "twopoint-spline": "tps",
    "two-point-spline": "tps", "smooth-nonmonotonic": "snm", "smooth-non-monotonic": "snm",
  ]

  /// A member of a family of shapes, all of whose parameters must be given (the warmup may be none).
  mutating func shape(_ family: ShapeFamily) throws(ScheduleError) -> ScheduleSpec {
    let parameters = family.parameters.filter { $0.name != "warmup" }
    let list = family.parameters.map { "\($0.name)=\(decimalText($0.example))" }
    let example = "\(family.rawValue):\(list.joined(separator: ","))"
    var values: [Double] = []
    for parameter in parameters {
      let value = try options.number(
        parameter.name, in: parameter.domain, meaning: "a usable \(parameter.name)")
      // −0 is accepted, and is zero.
      values.append(try required(value, parameter.name, example: example) + 0)
    }
    let shape = ScheduleFamily.shape(Shape(family: family, values: values))
    let keys = parameters.map(\.name)
    if family.hasWarmup { return try finish(shape, keys: keys, hasFloor: false) }
    try options.finish(family: name, known: keys)
    return ScheduleSpec(text: text, family: shape)
  }
}
