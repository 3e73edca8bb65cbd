import Schedules
import Support
import Testing

@Suite struct GrammarTests {
  static let forms: [(String, String)] = [
    ("constant", "constant"), ("CONSTANT", "constant"), ("const", "constant"),
    ("linear", "linear"), ("Cosine", "cosine"), ("cosine:min=0.1", "cosine:min=0.1"),
    ("cosine:min=10%", "cosine:min=0.1"), ("cosine:power=0.7", "cosine:power=0.7"),
    ("cosine:period=150%", "cosine:period=150%"), ("cosine:min=0", "cosine"),
    ("wsd20", "wsd:cooldown=0.2"), ("wsd12.5", "wsd:cooldown=0.125"),
    ("wsd20%", "wsd:cooldown=0.2"),
    ("wsd100", "wsd:cooldown=100%"), ("wsd33.3", "wsd:cooldown=0.333"),
    ("wsd:cooldown=0.7%", "wsd:cooldown=0.007"), ("wsd:cooldown=0.2", "wsd:cooldown=0.2"),
    ("wsd:cooldown=5000steps", "wsd:cooldown=5000steps"),
    ("wsd:cooldown=5000", "wsd:cooldown=5000steps"), ("wsd:anneal=20%", "wsd:cooldown=0.2"),
    ("wsd:decay=0.2", "wsd:cooldown=0.2"), ("wsd:warmdown=1steps", "wsd:cooldown=1steps"),
    ("wsd20:decay=1-sqrt", "wsd:cooldown=0.2,decay=1-sqrt"),
    ("wsd20:decay=cos,warmup=300", "wsd:cooldown=0.2,decay=cosine,warmup=300steps"),
    ("wsd20:decay=exp", "wsd:cooldown=0.2,decay=exponential"),
    ("wsd20:decay=exponential,min=0.1", "wsd:cooldown=0.2,decay=exponential,min=0.1"),
    (
      "wsd20:decay=square,floor=clamp,min=.05", "wsd:cooldown=0.2,decay=square,min=0.05,floor=clamp"
    ),
    ("wsd20:min_lr=3e-5", "wsd:cooldown=0.2,min-lr=3e-05"),
    ("1-sqrt", "wsd:cooldown=100%,decay=1-sqrt"),
    ("1-sqrt:warmup=1%", "wsd:cooldown=100%,decay=1-sqrt,warmup=0.01"),
    ("invsqrt", "invsqrt"), ("inverse_sqrt:timescale=1000", "invsqrt:timescale=1000"),
    ("poly:power=2", "poly:power=2"), ("poly", "poly:power=1"), ("rex", "rex:beta=0.5"),
    ("rex:beta=0.25", "rex:beta=0.25"),
    ("onecycle", "onecycle:warmup=0.3,start=0.04,end=4e-06"),
    ("onecycle:warmup=30%,start=0.04,end=4e-6", "onecycle:warmup=0.3,start=0.04,end=4e-06"),
    ("wsds:period=25%,cooldown=5%", "wsds:period=0.25,cooldown=0.05"),
    (
      "twostage:at=0.8,factor=0.525,cooldown=0.2", "twostage:at=0.8,factor=0.525,cooldown=0.2"
    ),
    ("piecewise:0=1,0.5=1,1=0", "piecewise:0=1,0.5=1,1=0"), ("linear:warmup=0", "linear"),
  ]

  @Test(arguments: forms)
  func canonicalForms(_ text: String, _ canonical: String) throws {
    let spec = try ScheduleSpec(text)
    #expect(spec.text == text)
    #expect(spec.canonical == canonical)
    let again = try ScheduleSpec(spec.canonical)
    #expect(again == spec)
    #expect(again.canonical == canonical)
  }

  /// Input, the character at fault, a piece of the problem and a piece of the hint.
  static let mistakes: [(String, Int?, String, String)] = [
    ("", 1, "needs a name", "constant, linear"),
    (":min=0.1", 1, "needs a name", "write one of"),
    ("cosin", 1, "no schedule is called 'cosin'", "did you mean cosine?"),
    ("liner", 1, "no schedule is called", "did you mean linear?"),
    ("xyzzyplugh", 1, "no schedule is called", "write one of"),
    ("sqrt", 1, "two things", "1-sqrt"), ("sqrt", 1, "two things", "invsqrt"),
    ("wsd", 4, "needs cooldown", "wsd20"), ("wsd0", nil, "a cooldown of 0", "constant"),
    ("wsd120", 4, "120 % is longer than the run", "wsd20"),
    ("wsd-5", 4, "-5 % is negative", "wsd20"), ("wsd1.2.3", 4, "not a percentage", "wsd20"),
    ("linear20", 7, "takes no percentage", "write linear:min=0.2 to end at 20 %"),
    ("cosine10", 7, "takes no percentage", "write cosine:min=0.1 to end at 10 % of the peak"),
    ("cos10%", 4, "takes no percentage", "write cosine:min=0.1 to"),
    ("cosine0.07", 7, "takes no percentage", "write cosine:min=0.07 to end at 7 % of"),
    ("cos0", 4, "takes no percentage", "write cosine, which ends at zero"),
    ("poly2", 5, "takes no percentage", "write poly:power=2"),
    ("1-sqrt20", 7, "takes no percentage", "write wsd20:decay=1-sqrt for"),
    ("constant10", 9, "takes no percentage", "only wsd"),
    ("wsd20:", 7, "option is missing", "key=value"),
    ("wsd20:decay", 7, "not key=value", "key=value"),
    ("wsd20:decay=", 7, "not key=value", "key=value"),
    ("wsd20:=3", 7, "not key=value", "key=value"),
    ("wsd20:foo=1", 7, "'foo' is not an option of wsd", "cooldown, decay, warmup"),
    ("wsd20:warmpu=1%", 7, "not an option", "did you mean warmup?"),
    ("linear:power=2", 8, "not an option of linear", "warmup, min"),
    ("wsd20:decay=linear,decay=cosine", 20, "given twice", "once"),
    ("wsd:cooldown=0.2,anneal=0.1", 18, "given twice", "once"),
    ("wsd20:cooldown=0.1", 7, "given twice", "once"),
    ("wsd20:decay=sqrt", 13, "two things", "decay=1-sqrt"),
    ("wsd20:decay=liner", 13, "no cooldown is called", "did you mean linear?"),
    ("wsd:cooldown=1", 14, "one step or the whole run", "1steps or 100%"),
    ("wsd:cooldown=20", 14, "steps or per cent", "20steps or 20%"),
    ("wsd0.2", 4, "0.2 %", "wsd:cooldown=0.2%"),
    ("wsd:cooldown=2.5", 14, "neither a fraction", "5000steps"),
    ("wsd:cooldown=150%", 14, "longer than the run", "at most 100%"),
    ("wsd:cooldown=-0.1", 14, "negative", "0.2"),
    ("wsd:cooldown=2.5steps", 14, "whole number of steps", "5000steps"),
    ("wsd:cooldown=abc", 14, "not a length of time", "0.2"),
    ("wsd20:warmup=1", 14, "one step or the whole run", "1steps"),
    ("cosine:min=1.5", 12, "above the peak", "0 to 1"),
    ("cosine:min=-0.1", 12, "below zero", "0 to 1"),
    ("cosine:min=x", 12, "not a number", "0.1"), ("cosine:min=nan", 12, "not a number", "0.1"),
    ("cosine:min-lr=0", 15, "not a positive learning rate", "1e-30"),
    ("cosine:min=0.1,min-lr=1e-5", 16, "both min= and min-lr=", "one of them"),
    ("cosine:floor=clamp", 8, "without a floor", "min="),
    ("cosine:min=0.1,floor=cut", 22, "not known", "rescale or clamp"),
    ("constant:min=0.1", 10, "not an option of constant", "warmup"),
    ("wsd20:decay=exponential,min=0", 29, "cannot end at 0", "0 < min"),
    ("wsd20:decay=exponential,min=0%", 29, "cannot end at 0", "0 < min"),
    ("wsd20:decay=exponential,min=.1,floor=clamp", 32, "does not apply", "leave it out"),
    ("onecycle:min=0.1", 10, "no floor", "end="),
    ("poly:power=0", 12, "not a usable power", "0.001"),
    ("wsds:period=25%", 16, "needs cooldown", "period=25%"),
    ("twostage:at=0.8", 16, "needs factor", "factor=0.525"),
    ("piecewise", 1, "do not span", "0=1,0.5=1,1=0"),
    ("piecewise:0=1", 1, "do not span", "one at 1"),
    ("piecewise:0=1,1=0,0.5=1", 19, "out of place", "rise from 0 to 1"),
    ("piecewise:0=0,1=0", 1, "every value is zero", "positive"),
    ("piecewise:0=-1,1=0", 13, "not a multiplier", "0 to 1e6"),
    ("@", 1, "a file is not a schedule's name", "wsd20"),
    ("@x.csv", 1, "a file is not a schedule's name", "wsd20"),
  ]

  @Test(arguments: mistakes)
  func errors(_ text: String, _ position: Int?, _ problem: String, _ hint: String) {
    let error = #expect(throws: InputError.self) { try ScheduleSpec(text) }
    #expect(error?.position == position.map { .character($0) })
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    #expect(error?.hint.contains(hint) == true, "\(error?.hint ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func longAndWildInputIsMadePrintable() {
    let error = #expect(throws: InputError.self) {
      try ScheduleSpec("li\nne\u{1B}[31mar" + String(repeating: "x", count: 500))
    }
    #expect(error?.description.contains("\n") == false)
    #expect(error?.description.contains("\u{1B}") == false)
    #expect((error?.description.count ?? 1000) < 400)
  }
}
