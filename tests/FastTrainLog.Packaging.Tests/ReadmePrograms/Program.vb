Imports FastTrainLog
Imports FastTrainLog.Gradients
Imports FastTrainLog.Training

Class TinyModel
    Private ReadOnly _gradient(0) As Single

    Public ReadOnly Property Gradients As GradientBuffer() = {GradientBuffer.Of("weight", _gradient)}

    Public Property Weight As Double

    Public Function ForwardBackward() As Double
        Dim [error] = Weight - 3.0
        _gradient(0) = CSng(2.0 * [error])
        Return [error] * [error]
    End Function

    Public Sub Update(learningRate As Double)
        Weight -= learningRate * _gradient(0)
    End Sub
End Class

Module Program
    Sub Main()
        Dim model As New TinyModel()
        Const learningRate As Double = 0.1

        Using logging = TrainLogging.Create(),
              run = TrainingRun.Start(logging, New TrainingRunOptions With {.Model = "MyModel", .TotalSteps = 1000, .BatchSize = 32}),
              clipper As New GradientClipper(New GradientClipperOptions With {.Limit = GradientLimit.L2Norm(1.0)})

            For stepNumber As Long = 1 To 1000
                Dim loss = model.ForwardBackward()
                Dim gradients = clipper.Clip(model.Gradients, stepNumber)
                If Not gradients.FoundInf Then model.Update(learningRate)
                run.LogStep(1, stepNumber, loss, learningRate, gradients)
            Next

            ' One gradient by name, whatever holds it.
            Dim values As Double() = {1.0, 1.0}
            clipper.Clip("array", values, 1001)
            clipper.Clip("memory", New Memory(Of Double)(values), 1002)

            run.End(True)
        End Using

        Console.WriteLine(model.Weight.ToString("F2"))
    End Sub
End Module
