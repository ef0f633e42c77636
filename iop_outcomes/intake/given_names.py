"""Takes nothing, gives common given names, by which a name of a person is told from other labels of two words.

The names most often given in the United States by the census of 1990 and the yearly tables of the Social Security Administration,
and frequent Spanish, African American, Arabic, South Asian, Slavic and Vietnamese ones. Names that are also words, places or surnames of
institutions (Grace, Mark, Austin, Jordan, Francis) are left out: a label that begins with one of them is far more often a program or a
building than a person.
"""

_NAMES = (
    "aaliyah aaron abigail adam adriana adrienne ahmed aidan aisha alan albert alejandro alex alexander alexandra alexis "
    "alfredo alice alicia allison althea alyssa amanda amber amir amit amy ana anders andrea andrew angela anil anita "
    "anjali ann anna anne annie anthony antoine anton antonia antonio armando arthur arturo asha ashley barbara beatriz "
    "belinda benjamin bernard bernice bertha betty beverly bianca bilal bobby bonnie boris bradley brandon brenda brian "
    "bridget brittany bruce bryan caleb candace carl carla carlos carmela carmen carol caroline carolyn cassandra catherine "
    "cathy cecilia chandra charles cheryl chiara chloe chris christina christine christopher cindy claudia clifford clyde "
    "colleen connie consuelo craig curtis cynthia daniel danielle darius darlene darnell darryl david deandre deborah debra "
    "deepak denise dennis derek deshawn diana diane diego dmitri donald donna doreen doris dorothy douglas dwayne dylan "
    "edith eduardo edward eileen elaine eleanor elena elisa elizabeth ellen eloise emily emma enrique eric erica erin "
    "ernest ernesto esteban estelle esther ethan eugene evelyn fatima fatou felipe fernando fiona frances francisca fred "
    "frederick gabriel gabriela gail gary george gerald geraldine gerardo giovanni giulia gladys gloria gregory guillermo "
    "gustavo gwendolyn hamza hannah harold harry hassan heather hector helen henry herbert hiroshi howard hugo ian ibrahim "
    "igor ines ingrid irene irina isabel isabella ivan jacob jacqueline jaime jamal jamie jane janet janice jason javier "
    "jean jeff jeffrey jennifer jeremy jermaine jerry jesse jessica jim jimmy joan joanne joaquin joaquín joe joel john "
    "johnny jonathan jorge jose josefina joseph joshua josé joyce juan juanita judith judy julia juliana julie justin "
    "kareem karen karl katherine kathleen kathryn kathy katie kayla keisha keith kelly kendra kenji kenneth kevin khadija "
    "kim kimberly kristen kristin kyle lakisha lakshmi lamar larry lars latasha latisha latoya laura lauren lawrence leila "
    "leonard leroy leslie leticia lillian linda lisa lois lorena lorenzo lori louis louise lucas lucia lucille luis lynn "
    "mahmoud manuel manuela marcia marcus margaret maria maribel marie marilyn mario marisol marjorie martha martin marvin "
    "mary maría matthew maurice mauricio maxine megan melanie melissa michael michelle miguel mike mildred miriam mohammed "
    "monica mustafa nadia nancy naomi natalie natasha nathan nicholas nicole nikhil nikolai norma oksana olga olivia omar "
    "osama oscar pablo pamela patricia patrick paul paula pavel pedro peggy peter philip phillip phuong phyllis pierre "
    "priya rachel rajesh ralph ramon randy rashid raul ravi raymond rebecca rekha renee rhonda ricardo richard robert "
    "roberta rocio rodrigo roger rolando ronald rosa rosemarie rosemary roxanne roy ruben rufus russell ruth ryan sally "
    "salma samantha samuel sandeep sandra sanjay sara sarah sasha scott sean serena sergei sergio shanice shannon sharon "
    "sheila shirin shirley silvia sofia sonia sonja sophia stefan stephanie stephen steve steven stuart suresh susan "
    "suzanne svetlana sylvia tamara tamika tammy tania tanisha tanya tatiana teodoro teresa terry thanh theresa thomas "
    "tiffany timothy tina todd tomas tommy tony tracy travis trevon tyler tyrell tyrone ursula valerie vanessa veronica "
    "vicki victor vijay vikram viktor vincent vincenzo vivian vladimir walter wanda wayne wendy wilfredo william willie "
    "winifred xiomara yasmin yolanda yusuf yvette yvonne zachary zainab "
)
GIVEN_NAMES = tuple(_NAMES.split())
