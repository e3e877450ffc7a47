open FastTrainLog
open FastTrainLog.Gradients
open FastTrainLog.Training

type TinyModel() =
    let gradient = Array.zeroCreate<float32> 1
    let gradients = [| GradientBuffer.Of("weight", gradient) |]
    member val Weight = 0.0 with get, set
    member _.Gradients = gradients

    member this.ForwardBackward() =
        let error = this.Weight - 3.0
        gradient[0] <- float32 (2.0 * error)
        error * error

    member this.Update(learningRate: float) =
        this.Weight <- this.Weight - learningRate * float gradient[0]

let model = TinyModel()
let learningRate = 0.1

let logging = TrainLogging.Create()
let run = TrainingRun.Start(logging, TrainingRunOptions(Model = "MyModel", TotalSteps = 1000, BatchSize = 32))
let clipper = new GradientClipper(GradientClipperOptions(Limit = GradientLimit.L2Norm 1.0))

for step in 1L .. 1000L do
    let loss = model.ForwardBackward()
    let gradients = clipper.Clip(model.Gradients, step)

    if not gradients.FoundInf then
        model.Update learningRate

    run.LogStep(1, step, loss, learningRate, &gradients)

// One gradient by name, whatever holds it.
let halves = [| System.Half.One; System.Half.One |]
clipper.Clip("array", halves, 1001L) |> ignore
clipper.Clip("memory", System.Memory<System.Half>(halves), 1002L) |> ignore
clipper.Clip("span", System.Span<System.Half>(halves), 1003L) |> ignore

run.End true |> ignore
clipper.Dispose()
run.Dispose()
logging.Dispose()
printfn "%.2f" model.Weight
